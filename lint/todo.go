package lint

func securityRules() []*Rule    { return nil }
func performanceRules() []*Rule { return nil }
func portabilityRules() []*Rule { return nil }
