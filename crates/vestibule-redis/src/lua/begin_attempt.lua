-- KEYS[4] the record    ARGV[4] the session's key    ARGV[5] holder    ARGV[6] spent refresh hash    ARGV[7] limit
local s, ended = live(ARGV[4], KEYS[4])
if ended then
  return ended
end
if s.refresh ~= ARGV[6] then
  return {whole(now), 'superseded', whole_record(KEYS[4])}
end
if not holds(s, ARGV[5]) then
  return {whole(now), 'lost'}
end
local repeats, given_up, kept = false, nil, {}
for _, attempt in ipairs(s.attempts) do
  if attempt.holder ~= ARGV[5] then
    repeats = true
    if attempt.open_until <= now then
      given_up = math.max(given_up or 0, attempt.open_until)
    end
  end
end
-- One attempt without an outcome is enough to know that the token may be spent, however many there were.
for _, attempt in ipairs(s.attempts) do
  if attempt.holder ~= ARGV[5] and (attempt.open_until > now or attempt.open_until == given_up) then
    kept[#kept + 1] = attempt
  end
end
kept[#kept + 1] = {holder = ARGV[5], spent = ARGV[6], open_until = now + ARGV[7]}
s.attempts = kept
store_attempts(KEYS[4], s)
return {whole(now), repeats and 'repeats' or 'begun'}
