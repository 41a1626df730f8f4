"""One jobseeker's recruitment, from the first contact to deployment and back."""
