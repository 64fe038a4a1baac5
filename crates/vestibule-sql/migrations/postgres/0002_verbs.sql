-- Verbs that change something, each in one call. Whoever waits for a lock in a function reads what the one before wrote:
-- under READ COMMITTED each statement sees what was committed before it. Names end with a version, as nodes of several
-- versions may run side by side: what a function means is never changed.

CREATE OR REPLACE FUNCTION vestibule_covered_1(its_realm bigint, its_key bytea, its_scopes bytea[], its_began bigint)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM vestibule_cutoffs c WHERE c.realm = its_realm AND c.scope = ANY (its_scopes)
            AND its_began <= CASE WHEN c.spared_key = its_key THEN c.spared_at ELSE c.struck_at END
    )
$$;

-- Appends to the log. To be called last: until the end of the transaction others who do so wait.
CREATE OR REPLACE FUNCTION vestibule_tell_1(its_realm bigint, told bytea, log_length bigint)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    place bigint;
BEGIN
    UPDATE vestibule_log_heads SET log_end = log_end + 1 WHERE realm = its_realm RETURNING log_end INTO place;
    IF NOT FOUND THEN
        RAISE undefined_table USING MESSAGE = 'the rows of the realm are gone';
    END IF;
    INSERT INTO vestibule_log (realm, position, entry) VALUES (its_realm, place, told);
    DELETE FROM vestibule_log WHERE realm = its_realm AND position <= place - log_length;
    PERFORM pg_notify('vestibule_log', '');
END
$$;

-- Outcomes: stored, refused, occupied.
CREATE OR REPLACE FUNCTION vestibule_insert_1(
    its_realm bigint, its_key bytea, its_format bigint, its_public_id bytea, its_subject bytea, its_scopes bytea[],
    may_begin bigint, idle bigint, absolute bigint, its_label bytea, its_tokens bytea, its_refresh bytea, its_data bytea,
    ends bytea, ended bytea, floor bigint, log_length bigint,
    OUT at bigint, OUT behind bigint, OUT outcome text, OUT its_began bigint, OUT its_idle_end bigint,
    OUT its_absolute_end bigint
) LANGUAGE plpgsql AS $$
DECLARE
    store_birth bigint;
    own bigint;
    keep bigint;
    old record;
BEGIN
    SELECT birth, (extract(epoch FROM clock_timestamp()) * 1000)::bigint + clock_offset, keep_cutoffs
    INTO store_birth, own, keep FROM vestibule_store, vestibule_realms WHERE realm = its_realm;
    IF NOT FOUND THEN
        RAISE undefined_table USING MESSAGE = 'the rows of the realm are gone';
    END IF;
    at := GREATEST(own, floor);
    behind := floor - own;
    its_began := LEAST(may_begin, at);
    its_absolute_end := LEAST(at + absolute, its_began + keep);
    its_idle_end := LEAST(at + idle, its_absolute_end);

    IF its_began < store_birth OR at >= its_idle_end
        OR vestibule_covered_1(its_realm, its_key, its_scopes, its_began)
    THEN
        PERFORM 1 FROM vestibule_sessions WHERE realm = its_realm AND key = its_key;
        outcome := CASE WHEN FOUND THEN 'occupied' ELSE 'refused' END;
    ELSE
        INSERT INTO vestibule_sessions (realm, key, format, public_id, subject, scopes, began, created, last_seen,
            idle_end, absolute_end, label, tokens, refresh, grant_version, data, version, attempts)
        VALUES (its_realm, its_key, its_format, its_public_id, its_subject, its_scopes, its_began, at, at,
            its_idle_end, its_absolute_end, its_label, its_tokens, its_refresh, 0, its_data, 0, '')
        ON CONFLICT DO NOTHING;
        outcome := CASE WHEN FOUND THEN 'stored' ELSE 'occupied' END;
    END IF;

    IF ends IS NOT NULL AND outcome <> 'occupied' THEN
        DELETE FROM vestibule_sessions WHERE realm = its_realm AND key = ends
        RETURNING scopes, began, idle_end INTO old;
        IF FOUND AND old.began >= store_birth AND at < old.idle_end
            AND NOT vestibule_covered_1(its_realm, ends, old.scopes, old.began)
        THEN
            PERFORM vestibule_tell_1(its_realm, ended, log_length);
        END IF;
    END IF;
END
$$;

-- What may have changed since a record was read is what it was: otherwise nothing happens. Touches do not count.
-- Outcomes: done; overtaken; covered, and the session has ended.
CREATE OR REPLACE FUNCTION vestibule_replace_1(
    its_realm bigint, its_key bytea,
    was_version bigint, was_grant_version bigint, was_holder bytea, was_until bigint, was_attempts bytea,
    its_scopes bytea[], its_tokens bytea, its_refresh bytea, its_data bytea,
    its_version bigint, its_grant_version bigint, its_holder bytea, its_until bigint, its_attempts bytea,
    replaced bytea, ended bytea, log_length bigint
) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    its_began bigint;
BEGIN
    SELECT began INTO its_began FROM vestibule_sessions WHERE realm = its_realm AND key = its_key
        AND version = was_version AND grant_version = was_grant_version
        AND lease_holder IS NOT DISTINCT FROM was_holder AND lease_until IS NOT DISTINCT FROM was_until
        AND attempts = was_attempts FOR UPDATE;
    IF NOT FOUND THEN
        RETURN 'overtaken';
    END IF;
    IF vestibule_covered_1(its_realm, its_key, its_scopes, its_began) THEN
        DELETE FROM vestibule_sessions WHERE realm = its_realm AND key = its_key;
        PERFORM vestibule_tell_1(its_realm, ended, log_length);
        RETURN 'covered';
    END IF;
    UPDATE vestibule_sessions SET scopes = its_scopes, tokens = its_tokens, refresh = its_refresh, data = its_data,
        version = its_version, grant_version = its_grant_version, lease_holder = its_holder,
        lease_until = its_until, attempts = its_attempts
    WHERE realm = its_realm AND key = its_key;
    PERFORM vestibule_tell_1(its_realm, replaced, log_length);
    RETURN 'done';
END
$$;

-- Outcomes: done, overtaken.
CREATE OR REPLACE FUNCTION vestibule_end_1(
    its_realm bigint, its_key bytea,
    was_version bigint, was_grant_version bigint, was_holder bytea, was_until bigint, was_attempts bytea,
    ended bytea, log_length bigint
) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM vestibule_sessions WHERE realm = its_realm AND key = its_key
        AND version = was_version AND grant_version = was_grant_version
        AND lease_holder IS NOT DISTINCT FROM was_holder AND lease_until IS NOT DISTINCT FROM was_until
        AND attempts = was_attempts;
    IF NOT FOUND THEN
        RETURN 'overtaken';
    END IF;
    PERFORM vestibule_tell_1(its_realm, ended, log_length);
    RETURN 'done';
END
$$;

-- Strikes scopes, given in order. What is told is `told_before`, the cutoff, and `told_after`.
CREATE OR REPLACE FUNCTION vestibule_revoke_1(
    its_realm bigint, struck bytea[], heard bigint, its_logout bytea, spare bytea, told_before bytea, told_after bytea,
    floor bigint, log_length bigint,
    OUT at bigint, OUT behind bigint, OUT cutoff bigint
) LANGUAGE plpgsql AS $$
DECLARE
    own bigint;
    keep bigint;
    changed bigint;
BEGIN
    -- A logout is told in the log: whoever holds its head enters logouts alone.
    PERFORM 1 FROM vestibule_log_heads WHERE realm = its_realm FOR UPDATE;
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint + clock_offset, keep_logouts
    INTO own, keep FROM vestibule_store, vestibule_realms WHERE realm = its_realm;
    IF NOT FOUND THEN
        RAISE undefined_table USING MESSAGE = 'the rows of the realm are gone';
    END IF;
    at := GREATEST(own, floor);
    behind := floor - own;
    PERFORM 1 FROM vestibule_spent_logouts
    WHERE realm = its_realm AND logout = its_logout AND at < spent_at + keep;
    IF FOUND THEN
        RETURN;
    END IF;

    cutoff := LEAST(heard, at);
    INSERT INTO vestibule_cutoffs AS known (realm, scope, struck_at, spared_key)
    SELECT its_realm, scope, cutoff, spare FROM unnest(struck) AS scope
    ON CONFLICT (realm, scope) DO UPDATE SET (struck_at, spared_key, spared_at, reaped) = (
        -- An exemption that exempts from nothing is none.
        SELECT latest, CASE WHEN until = latest THEN NULL ELSE exempt END, NULLIF(until, latest), false FROM (
            SELECT GREATEST(known.struck_at, cutoff) AS latest,
                CASE WHEN cutoff > known.struck_at THEN spare ELSE known.spared_key END AS exempt,
                CASE
                    WHEN cutoff <= known.struck_at THEN GREATEST(known.spared_at, cutoff)
                    WHEN spare = known.spared_key THEN known.spared_at
                    WHEN spare IS NOT NULL THEN known.struck_at
                END AS until
        ) AS merged
    )
    WHERE cutoff > known.struck_at
        OR (known.spared_key <> spare OR (known.spared_key IS NOT NULL AND spare IS NULL))
            AND (known.spared_at IS NULL OR known.spared_at < cutoff);
    GET DIAGNOSTICS changed = ROW_COUNT;

    IF its_logout IS NOT NULL THEN
        INSERT INTO vestibule_spent_logouts (realm, logout, spent_at) VALUES (its_realm, its_logout, at)
        ON CONFLICT (realm, logout) DO UPDATE SET spent_at = excluded.spent_at;
    END IF;
    IF changed > 0 THEN
        PERFORM vestibule_tell_1(its_realm, told_before || int8send(cutoff) || told_after, log_length);
    END IF;
END
$$;
