"""Pages of rating and scores: ranking of departments, one card term by term, ratings, appeals, annual assessment."""
