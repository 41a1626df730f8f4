"""What may be said about money, one module for each kind of statement. Every change counts up its journeys' facts."""
