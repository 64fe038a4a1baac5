-- The realm: its birth, its time, and how long it remembers.
-- KEYS[1] META    ARGV[1] the least that the time can be    ARGV[2], ARGV[3] how long cutoffs and logout ids are kept
local META = KEYS[1]

local function whole(number)
  return string.format('%.0f', number)
end

local clock = redis.call('TIME')
local meta = redis.call('HMGET', META, 'birth', 'offset', 'cutoffs', 'logout_ids')
local birth, offset = tonumber(meta[1] or nil), tonumber(meta[2] or 0)
local keep_cutoffs, keep_logout_ids = tonumber(meta[3] or 0), tonumber(meta[4] or 0)
local now = clock[1] * 1000 + math.floor(clock[2] / 1000) + offset

-- A store that comes back empty, or on a machine whose clock is slower, goes on from where it was.
local behind = ARGV[1] - now
if behind > (birth and 1000 or 0) then
  offset, now = offset + behind, now + behind
  redis.call('HSET', META, 'offset', whole(offset))
end
if not birth then
  birth = now
  redis.call('HSET', META, 'birth', whole(birth), 'log', whole(birth * 1024))
end
if keep_cutoffs < tonumber(ARGV[2]) or keep_logout_ids < tonumber(ARGV[3]) then
  keep_cutoffs = math.max(keep_cutoffs, ARGV[2])
  keep_logout_ids = math.max(keep_logout_ids, ARGV[3])
  redis.call('HSET', META, 'cutoffs', whole(keep_cutoffs), 'logout_ids', whole(keep_logout_ids))
end
