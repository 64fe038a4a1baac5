-- KEYS[4] the subject's index    KEYS[5...] records    ARGV[4] the subject    ARGV[5...] the index as it was read
local index = KEYS[4]
local members = redis.call('ZRANGE', index, 0, -1)
if #members ~= #ARGV - 4 then
  return {whole(now), 'again'}
end
for i, member in ipairs(members) do
  if member ~= ARGV[i + 4] then
    return {whole(now), 'again'}
  end
end
local reply = {whole(now), 'listed'}
for i, member in ipairs(members) do
  local s = read(KEYS[i + 4])
  if not s then
    redis.call('ZREM', index, member)
  elseif s.subject == ARGV[4] and not over(member:sub(1, 32), s) then
    reply[#reply + 1] = fixed(s)
    reply[#reply + 1] = moving(s)
  end
end
return reply
