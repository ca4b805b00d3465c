package reference

import (
	"embed"
	"path"
	"strings"
)

// Recipe is what to do when, in steps with commands. A test runs all commands.
type Recipe struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	steps string
}

// recipeFiles have the title as their first line, and the name of the recipe as that of the file.
//
//go:embed recipes
var recipeFiles embed.FS

// recipes are all that there are, in alphabetical order.
func recipes() (all []Recipe) {
	const folder = "recipes"
	files, err := recipeFiles.ReadDir(folder)
	if err != nil {
		panic(err) // they are in the program
	}
	for _, f := range files {
		text, err := recipeFiles.ReadFile(path.Join(folder, f.Name()))
		if err != nil {
			panic(err)
		}
		title, steps, _ := strings.Cut(string(text), "\n")
		all = append(all, Recipe{strings.TrimSuffix(f.Name(), ".txt"), title, steps})
	}
	return all
}

// recipePage is the page of a recipe, "" where none has that name.
func recipePage(word string) string {
	for _, r := range recipes() {
		if strings.EqualFold(r.Name, word) {
			return r.Name + ", a recipe: " + r.Title + "\n" + r.steps
		}
	}
	return ""
}
