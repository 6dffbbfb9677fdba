"""Operations: the record of each, performing one once, one-time keys, and the audit trail."""
