-- KEYS[2] the log    ARGV[4] the place to go on from    ARGV[5] how many entries at most
local last, from = tonumber(redis.call('HGET', META, 'log')), tonumber(ARGV[4])
if from == last then
  return {whole(now), 'entries', whole(last)}
end
if from > last then
  return {whole(now), 'lagged', whole(last)}
end
local entries = redis.call('XRANGE', KEYS[2], whole(from + 1) .. '-1', '+', 'COUNT', ARGV[5])
local reply = {whole(now), 'entries', whole(from + #entries)}
for i, entry in ipairs(entries) do
  if entry[1] ~= whole(from + i) .. '-1' then
    return {whole(now), 'lagged', whole(last)}
  end
  reply[i + 3] = entry[2][2]
end
if #entries == 0 then
  return {whole(now), 'lagged', whole(last)}
end
return reply
