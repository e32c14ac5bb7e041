-- Sessions of browsers, in slots that limit their number for each user. A user need not be registered: no reference.
CREATE TABLE sessions (
    user_id       uuid   NOT NULL,
    slot          bigint NOT NULL CHECK (slot BETWEEN 0 AND 255),
    version       bigint NOT NULL CHECK (version >= 1),
    id            uuid   NOT NULL,
    -- Names of roles, separated by spaces.
    roles         text   NOT NULL,
    device        text,
    created_at    bigint NOT NULL,
    state         text   NOT NULL CHECK (state IN ('PENDING', 'ACTIVE', 'ENDED')),
    -- SHA-256 digests of the login code or the current refresh token, and of the refresh token before it.
    token_digest  text   CHECK (length(token_digest) = 64),
    former_digest text   CHECK (length(former_digest) = 64),
    former_nonce  uuid,
    former_until  bigint,
    used_at       bigint,
    idle_at       bigint,
    expires_at    bigint,
    reason        text   CHECK (reason IN ('SIGNED_OUT', 'TOKEN_REUSED')),
    -- When it has ended or will end; derived from the others.
    ends_at       bigint NOT NULL,
    PRIMARY KEY (user_id, slot),
    CONSTRAINT sessions_token CHECK ((token_digest IS NULL) = (state = 'ENDED') AND (expires_at IS NULL) = (state = 'ENDED')),
    CONSTRAINT sessions_use CHECK ((used_at IS NULL) = (state <> 'ACTIVE') AND (idle_at IS NULL) = (state <> 'ACTIVE')),
    CONSTRAINT sessions_former CHECK ((former_digest IS NULL) = (former_nonce IS NULL) AND (former_digest IS NULL) = (former_until IS NULL)
                                      AND (former_digest IS NULL OR state = 'ACTIVE')),
    CONSTRAINT sessions_reason CHECK ((reason IS NULL) = (state <> 'ENDED'))
);
CREATE INDEX sessions_end ON sessions (ends_at);

-- The creation of a login code leaves an audit entry.
ALTER TABLE audit_entries
    DROP CONSTRAINT audit_entries_action_check,
    ADD CONSTRAINT audit_entries_action_check CHECK (action IN ('CREATE', 'CHANGE', 'PAUSE', 'RESUME', 'CLOSE', 'OPEN', 'ADMIT', 'CANCEL',
                                                                'LAY_OUT', 'BLOCK', 'UNBLOCK', 'RELEASE', 'REFUND', 'CHARGE', 'SIGN_IN'));
