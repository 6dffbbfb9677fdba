"""What is measured beside the portal: its own empty page, answers that are held back, and the design of a dashboard."""
