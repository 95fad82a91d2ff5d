"""Who gets which place: applications, deferred acceptance, proof, explanation."""
