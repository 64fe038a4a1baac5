-- KEYS[5] the record    ARGV[5] the session's key    ARGV[6] subject and public id that it must have, or nothing
local s, ended = live(ARGV[5], KEYS[5])
if ended or (ARGV[6] ~= '' and ARGV[6] ~= s.subject .. s.public_id) then
  return {whole(now), 'absent'}
end
redis.call('DEL', KEYS[5])
tell('E' .. ARGV[5])
return {whole(now), 'ended', s.subject, ARGV[5] .. s.public_id}
