-- KEYS[4] the record    ARGV[4] the session's key    ARGV[5] idle
local s, ended = live(ARGV[4], KEYS[4])
if ended then
  return ended
end
s.last_seen = now
s.idle_end = math.max(math.min(now + ARGV[5], s.absolute_end), s.idle_end)
redis.call('HSET', KEYS[4], 'm', moving(s))
keep(KEYS[4], s)
return {whole(now), 'touched', whole(s.idle_end)}
