-- The log, for caches: a stream whose ids are positions.    KEYS[4] LOG    ARGV[4] how many entries it keeps
local LOG = KEYS[4]

local function tell(entry)
  local position = redis.call('HINCRBY', META, 'log', 1)
  redis.call('XADD', LOG, 'MAXLEN', '~', ARGV[4], whole(position) .. '-1', 'e', entry)
end
