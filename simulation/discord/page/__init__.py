"""The chat page: the sandbox's Discord in a browser, for people who have no account anywhere.

`Sandbox.open_page` puts it at the sandbox's address. It reads the sandbox's world and acts through
`People`, so that all it shows came over the protocol from the bot.
"""
