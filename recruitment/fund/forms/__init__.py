"""What forms and addresses bring, without Flask: ``filled`` reads forms, ``named`` finds what is named."""
