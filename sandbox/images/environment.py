"""abacosamples/test: print the message, then the environment."""

import os

print(f"Contents of MSG: {os.environ.get('MSG', '')}")
print("Environment:")
for name, value in os.environ.items():
    print(f"{name}={value}")
