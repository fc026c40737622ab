"""Mail: messages made, signed, encrypted and sent; what mailboxes hold read and understood."""
