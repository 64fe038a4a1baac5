-- KEYS[4] the record    ARGV[4] the session's key
local s, ended = live(ARGV[4], KEYS[4])
return ended or {whole(now), 'live', whole_record(KEYS[4])}
