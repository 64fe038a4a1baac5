-- KEYS[4] scopes to be reaped    KEYS[5] the index of one of them    KEYS[6...] records
-- ARGV[4] the scope    [5] when it was struck    [6] whether these are the last ones    [7...] the index as it was read
local STRUCK, index = KEYS[4], KEYS[5]
local removed, kept = 0, 0
for i = 7, #ARGV do
  local member, record = ARGV[i], KEYS[i - 1]
  local s = read(record)
  if s and not over(member:sub(1, 32), s) then
    kept = kept + 1
  else
    removed = removed + redis.call('DEL', record)
    redis.call('ZREM', index, member)
  end
end
if ARGV[6] == '1' and redis.call('ZSCORE', STRUCK, ARGV[4]) == ARGV[5] then
  redis.call('ZREM', STRUCK, ARGV[4])
end
return {whole(now), 'reaped', whole(removed), whole(kept)}
