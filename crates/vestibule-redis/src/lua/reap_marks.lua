-- KEYS[4] spent logout ids    KEYS[5] scopes to be reaped    ARGV[4] how many marks to forget at most
local SPENT, STRUCK = KEYS[4], KEYS[5]
local left = tonumber(ARGV[4])

local function forget(marks, keep, beside)
  local due = redis.call('ZRANGEBYSCORE', marks, '-inf', whole(now - keep), 'LIMIT', 0, left)
  for _, mark in ipairs(due) do
    redis.call('ZREM', marks, mark)
    if beside then
      redis.call('HDEL', beside, mark)
    end
  end
  left = left - #due
end

forget(CUTOFFS, keep_cutoffs, SPARED)
forget(SPENT, keep_logout_ids)
local struck = redis.call('ZRANGE', STRUCK, 0, 0, 'WITHSCORES')
return {whole(now), 'reaped', whole(ARGV[4] - left), struck[1] or '', struck[2] or ''}
