"""WhatsApp and Telegram on this machine, in their wire formats, with a page on which one chats like a citizen.

Written from the providers' documents alone. It shares no code with the product: what both got wrong would not be seen.
"""
