-- KEYS[4] the record    ARGV[4] the session's key    ARGV[5] holder    ARGV[6] for how long
local s, ended = live(ARGV[4], KEYS[4])
if ended then
  return ended
end
if not holds(s, ARGV[5]) then
  return {whole(now), 'lost'}
end
s.leased_until = now + ARGV[6]
redis.call('HSET', KEYS[4], 'm', moving(s))
return {whole(now), 'renewed', whole(s.leased_until)}
