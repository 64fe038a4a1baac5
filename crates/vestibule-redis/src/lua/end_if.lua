-- KEYS[5] the record    ARGV[5] the session's key    ARGV[6] holder    ARGV[7] refused refresh hash
local s, ended = live(ARGV[5], KEYS[5])
if ended then
  return ended
end
if s.refresh ~= ARGV[7] then
  return {whole(now), 'superseded', whole_record(KEYS[5])}
end
local until_then = nil
for _, attempt in ipairs(s.attempts) do
  if attempt.holder ~= ARGV[6] then
    until_then = math.max(until_then or 0, attempt.open_until)
  end
end
if until_then and now < until_then then
  return {whole(now), 'open', whole(until_then)}
end
redis.call('DEL', KEYS[5])
tell('E' .. ARGV[5])
return {whole(now), until_then and 'uncertain' or 'ended', s.subject, ARGV[5] .. s.public_id}
