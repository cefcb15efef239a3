"""The record of forecasts: statements that closes decide, chained by hashes, and their scores."""
