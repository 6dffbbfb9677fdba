"""What visitors type, checked before anything is sent; one file per resource."""
