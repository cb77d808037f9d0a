"""The kernel's parts, and what every application has in common. The models beside this folder are made of them."""
