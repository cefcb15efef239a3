"""Verifying: is an edition as it was sealed, does it come out the same again, what is a PDF?"""
