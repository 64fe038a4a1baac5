-- KEYS[5] the record    KEYS[6] the subject's index    KEYS[7] the record of the session that ends, if any
-- ARGV[5] key  [6] public id  [7] subject  [8] scopes  [9] began  [10] idle  [11] absolute  [12] label  [13] grant
-- [14] refresh hash  [15] data  [16] key of the session that ends, or nothing
local record, index, old = KEYS[5], KEYS[6], KEYS[7]
if redis.call('EXISTS', record) == 1 then
  return {whole(now), 'occupied'}
end
local s = {
  public_id = ARGV[6], subject = ARGV[7], scopes = ARGV[8], began = math.min(ARGV[9], now), created = now,
  last_seen = now, label = ARGV[12], refresh = ARGV[14], version = 0, grant_version = 0,
  holder = '', leased_until = 0,
}
s.absolute_end = math.min(now + ARGV[11], s.began + keep_cutoffs)
s.idle_end = math.min(now + ARGV[10], s.absolute_end)
local refused = over(ARGV[5], s)

if not refused then
  redis.call('HSET', record, 'f', fixed(s), 'm', moving(s), 'g', ARGV[13], 'd', ARGV[15])
  keep(record, s)
  redis.call('ZREMRANGEBYSCORE', index, '-inf', whole(now))
  redis.call('ZADD', index, whole(s.absolute_end), ARGV[5] .. ARGV[6])
  local lasts = s.absolute_end - now + SLACK
  if redis.call('PTTL', index) < lasts then
    redis.call('PEXPIRE', index, whole(lasts))
  end
end
if old and old ~= record then
  local ended = read(old)
  if ended then
    redis.call('DEL', old)
    redis.call('ZREM', index, ARGV[16] .. ended.public_id)
    if not over(ARGV[16], ended) then
      tell('E' .. ARGV[16])
    end
  end
end
if refused then
  return {whole(now), 'refused'}
end
return {whole(now), 'stored', whole_record(record)}
