"""What can be handed out of a relief case: the worker's receipt."""
