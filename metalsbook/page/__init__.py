"""What chapters call to show things."""
