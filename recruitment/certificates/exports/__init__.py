"""What can be handed out of a certificate: the paper."""
