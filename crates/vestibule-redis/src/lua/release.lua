-- KEYS[4] the record    ARGV[4] the session's key    ARGV[5] holder
local s, ended = live(ARGV[4], KEYS[4])
if ended then
  return {whole(now), 'released'}
end
if s.holder == ARGV[5] then
  s.holder, s.leased_until = '', 0
  redis.call('HSET', KEYS[4], 'm', moving(s))
end
local others = {}
for _, attempt in ipairs(s.attempts) do
  if attempt.holder ~= ARGV[5] then
    others[#others + 1] = attempt
  end
end
if #others ~= #s.attempts then
  s.attempts = others
  store_attempts(KEYS[4], s)
end
return {whole(now), 'released'}
