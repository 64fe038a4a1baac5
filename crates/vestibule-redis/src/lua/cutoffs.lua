-- What was struck, and when.
-- KEYS[2] CUTOFFS: scope -> moment    KEYS[3] SPARED: scope -> session, then the moment that counts for it if there is one
local CUTOFFS, SPARED = KEYS[2], KEYS[3]
local DIGEST = 32

local function each(digests)
  local list = {}
  for at = 1, #digests, DIGEST do
    list[#list + 1] = digests:sub(at, at + DIGEST - 1)
  end
  return list
end

local function spared_since(spared)
  if #spared > DIGEST then
    return (struct.unpack('>I8', spared, DIGEST + 1))
  end
end

-- The moment up to which sessions that listen to `scope`, which was struck `at`, have ended; nil for the one that was spared.
local function counts_for(key, scope, at)
  local spared = redis.call('HGET', SPARED, scope)
  if spared and spared:sub(1, DIGEST) == key then
    return spared_since(spared)
  end
  return at
end

local function covered(key, scopes, began)
  if began < birth then
    return true
  end
  local list = each(scopes)
  if #list == 0 then
    return false
  end
  local struck = redis.call('ZMSCORE', CUTOFFS, unpack(list))
  for i, scope in ipairs(list) do
    local at = tonumber(struck[i] or nil)
    if at and began <= at then
      at = counts_for(key, scope, at)
      if at and began <= at then
        return true
      end
    end
  end
  return false
end
