-- ARGV[4] the server that answers    ARGV[5] how far the log jumps when that is another one than before
-- What a server wrote last may be lost with it, and told already: every reader of the log has to start anew.
if redis.call('HGET', META, 'server') ~= ARGV[4] then
  redis.call('HSET', META, 'server', ARGV[4])
  redis.call('HINCRBY', META, 'log', ARGV[5])
end
return {whole(now), 'settled'}
