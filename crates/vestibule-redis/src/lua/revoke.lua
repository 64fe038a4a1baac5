-- KEYS[5] spent logout ids    KEYS[6] scopes to be reaped    KEYS[7...] the index under each scope, if it is a subject
-- ARGV[5] heard, or nothing    [6] logout id, or nothing    [7] session to spare, or nothing    [8...] the scopes
local SPENT, STRUCK = KEYS[5], KEYS[6]
local logout, spare = ARGV[6], ARGV[7]
if logout ~= '' then
  local spent = tonumber(redis.call('ZSCORE', SPENT, logout) or nil)
  if spent and now < spent + keep_logout_ids then
    return {whole(now), 'replayed'}
  end
end
local cutoff = ARGV[5] == '' and now or math.min(ARGV[5], now)

-- Merges one more logout of the scope. Answers whether that changed anything.
local function strike(scope)
  local before = tonumber(redis.call('ZSCORE', CUTOFFS, scope) or nil)
  local spared = redis.call('HGET', SPARED, scope)
  local at, merged = before, spared
  if not before or cutoff > before then
    at, merged = cutoff, false
    if spare ~= '' then
      local since = before and counts_for(spare, scope, before)
      merged = spare .. (since and struct.pack('>I8', since) or '')
    end
  elseif spared and spared:sub(1, DIGEST) ~= spare then
    local since = math.max(spared_since(spared) or 0, cutoff)
    merged = spared:sub(1, DIGEST) .. struct.pack('>I8', since)
  end
  -- An exemption that exempts from nothing is none.
  if merged and spared_since(merged) == at then
    merged = false
  end
  if at ~= before then
    redis.call('ZADD', CUTOFFS, whole(at), scope)
  end
  if merged and merged ~= spared then
    redis.call('HSET', SPARED, scope, merged)
  elseif spared and not merged then
    redis.call('HDEL', SPARED, scope)
  end
  return at ~= before or merged ~= spared
end

local changed, scopes = false, {}
for i = 8, #ARGV do
  local scope = ARGV[i]
  scopes[#scopes + 1] = scope
  if strike(scope) then
    changed = true
    if redis.call('EXISTS', KEYS[i - 1]) == 1 then
      redis.call('ZADD', STRUCK, whole(now), scope)
    end
  end
end
if logout ~= '' then
  redis.call('ZADD', SPENT, whole(now), logout)
end
if changed then
  tell('L' .. struct.pack('>I8B', cutoff, #spare) .. spare .. table.concat(scopes))
end
return {whole(now), 'revoked', whole(cutoff)}
