-- ARGV[4] the session's key    ARGV[5] when it began    ARGV[6] its scopes
local began = tonumber(ARGV[5])
local forgotten = now >= began + keep_cutoffs
return {whole(now), (forgotten or covered(ARGV[4], ARGV[6], began)) and 'revoked' or 'live'}
