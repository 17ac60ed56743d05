"""What the pack carries is data and plugins in folders; nothing is imported from here."""
