"""The rows of bench/storage, one module each; `ground`, `asks` and `load` are what they share."""
