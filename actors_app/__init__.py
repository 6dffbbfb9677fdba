"""The product: services, sign-in and credentials, the portal's own records, forms and views."""
