local NO_TOKEN, NO_HOLDER = ('\0'):rep(32), ('\0'):rep(16)
-- Longer than the clocks of two servers differ: a record that the server forgets has ended for long.
local SLACK = 3600000

local function read(record)
  local found = redis.call('HMGET', record, 'f', 'm', 'a')
  local f, m, a = found[1], found[2], found[3] or ''
  if not f then
    return nil
  end
  check_layout(f, m)
  if #a % ATTEMPT_SIZE ~= 0 then
    error('CORRUPT attempts in another format')
  end
  local s, scopes, _ = {attempts = {}}, nil, nil
  _, s.began, s.created, s.absolute_end, s.public_id, s.subject, scopes = struct.unpack(FIXED, f)
  s.scopes = f:sub(FIXED_SIZE + 1, FIXED_SIZE + scopes * 32)
  s.label = f:sub(FIXED_SIZE + scopes * 32 + 1)
  local has_token, is_leased
  s.idle_end, s.last_seen, s.version, s.grant_version, has_token, s.refresh, is_leased, s.holder, s.leased_until =
    struct.unpack(MOVING, m)
  s.refresh = has_token == 1 and s.refresh or ''
  s.holder = is_leased == 1 and s.holder or ''
  for at = 1, #a, ATTEMPT_SIZE do
    local holder, spent, open_until = struct.unpack(ATTEMPT, a, at)
    s.attempts[#s.attempts + 1] = {holder = holder, spent = spent, open_until = open_until}
  end
  return s
end

local function fixed(s)
  local head = struct.pack(FIXED, 1, s.began, s.created, s.absolute_end, s.public_id, s.subject, #s.scopes / 32)
  return head .. s.scopes .. s.label
end

local function moving(s)
  return struct.pack(
    MOVING, s.idle_end, s.last_seen, s.version, s.grant_version, s.refresh == '' and 0 or 1, s.refresh .. NO_TOKEN,
    s.holder == '' and 0 or 1, s.holder .. NO_HOLDER, s.leased_until
  )
end

local function whole_record(record)
  return redis.call('HMGET', record, 'f', 'm', 'a', 'g', 'd')
end

local function over(key, s)
  return why_over(key, s.scopes, s.began, s.absolute_end, s.idle_end)
end

-- The session, or the reply of every verb that needs a live one.
local function live(key, record)
  local s = read(record)
  if not s then
    return nil, {whole(now), 'absent'}
  end
  local reason = over(key, s)
  if reason then
    return nil, {whole(now), reason}
  end
  return s
end

local function keep(record, s)
  redis.call('PEXPIRE', record, whole(s.idle_end - now + SLACK))
end

local function holds(s, holder)
  return s.holder == holder and now < s.leased_until
end

local function store_attempts(record, s)
  local packed = {}
  for i, attempt in ipairs(s.attempts) do
    packed[i] = struct.pack(ATTEMPT, attempt.holder, attempt.spent, attempt.open_until)
  end
  if #packed == 0 then
    redis.call('HDEL', record, 'a')
  else
    redis.call('HSET', record, 'a', table.concat(packed))
  end
end
