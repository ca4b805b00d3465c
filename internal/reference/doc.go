// Package reference holds the pages that wasplug has on what stands in files, logs and answers: elements and
// attributes, lint rules, rules of the decision and of the session manager, open choices, codes and texts of
// http_plugin.log, topics that lead to them, and recipes. It makes text of tables that other rooms own, and knows
// nothing by itself but the topics, the recipes and what is often believed wrongly; it reads no file of the user's.
//
// Start with reference.go: which pages a word names.
package reference
