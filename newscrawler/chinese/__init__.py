"""What is known of written Chinese: how probable a text is (`model`), its bytes in GBK (`gbk`), how characters are read (`readings`).

Data built by the scripts in data/, see ATTRIBUTION.md."""
