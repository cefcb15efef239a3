"""Every client gets the right report in the right language, once, and it can be proven.

Clients, messages, personal copies, the ledger of deliveries, the talk with the relay, and what
comes back.
"""
