-- KEYS[5] the record
-- ARGV[5] the session's key    [6] spent refresh hash    [7] grant    [8] refresh hash    [9] further scopes
local s, ended = live(ARGV[5], KEYS[5])
if ended then
  return ended
end
if s.refresh ~= ARGV[6] then
  return {whole(now), 'superseded', whole_record(KEYS[5])}
end
local known = {}
for _, scope in ipairs(each(s.scopes)) do
  known[scope] = true
end
for _, scope in ipairs(each(ARGV[9])) do
  if not known[scope] then
    known[scope] = true
    s.scopes = s.scopes .. scope
  end
end
local reason = over(ARGV[5], s)
if reason then
  redis.call('DEL', KEYS[5])
  tell('E' .. ARGV[5])
  return {whole(now), reason}
end
s.refresh, s.grant_version = ARGV[8], s.grant_version + 1
s.holder, s.leased_until = '', 0
redis.call('HSET', KEYS[5], 'f', fixed(s), 'm', moving(s), 'g', ARGV[7])
redis.call('HDEL', KEYS[5], 'a')
tell('R' .. ARGV[5])
return {whole(now), 'committed', whole_record(KEYS[5])}
