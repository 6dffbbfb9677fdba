"""Tests of the execution history."""
