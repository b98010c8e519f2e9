package verify

// Gathered lets tests see rows as a run does.
var Gathered = gathered
