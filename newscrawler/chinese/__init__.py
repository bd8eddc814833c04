"""What is known of written Chinese: how probable a text is (`model`). Data built by the scripts in data/, see ATTRIBUTION.md."""
