/* The life of a token, and the processes that track it.
 *
 * It checks that cache.open_tag extends a token rarely, because each PEXPIRE sends a message to all processes
 * that track the token. Each cycle of the search must pass the label "progress": a hit in L1.
 * Bounds: two processes take turns. Each reads through L1. After a miss it opens the tag for a load. A tick
 * passes after two turns. keep_ms is 4 ticks. */
#define KEEP 4
byte left = 2 * KEEP;                  /* the rest of the token's life */
bool known[2]; byte turn, hits;

active proctype Processes() {
  do
  :: d_step {
       if
       :: known[turn] -> hits = 1; printf("process %d: a hit in L1\n", turn)
       :: else ->
          if
#ifdef ALWAYS_EXTENDED
          :: true ->
#else
          :: left < KEEP ->
#endif
             left = 2 * KEEP; known[0] = false; known[1] = false; printf("process %d extends the token: all forget it\n", turn)
          :: else
          fi;
          known[turn] = true
       fi;
       turn = 1 - turn;
       if :: turn == 0 -> left-- :: else fi;
       if :: left == 0 -> left = 2 * KEEP; known[0] = false; known[1] = false :: else fi };
     if
     :: hits > 0 ->
progress: hits = 0
     :: else
     fi
  od }
