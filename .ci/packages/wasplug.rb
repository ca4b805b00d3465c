class Wasplug < Formula
  desc "Answers about WebSphere's web server plug-in and its plugin-cfg.xml"
  homepage "https://github.com/wasplug/wasplug"
  version "{{version}}"
  license "Apache-2.0"

  on_macos do
    on_arm do
      url "https://github.com/wasplug/wasplug/releases/download/{{tag}}/wasplug_{{version}}_darwin_arm64.tar.gz"
      sha256 "{{darwin_arm64}}"
    end
    on_intel do
      url "https://github.com/wasplug/wasplug/releases/download/{{tag}}/wasplug_{{version}}_darwin_amd64.tar.gz"
      sha256 "{{darwin_amd64}}"
    end
  end
  on_linux do
    on_arm do
      url "https://github.com/wasplug/wasplug/releases/download/{{tag}}/wasplug_{{version}}_linux_arm64.tar.gz"
      sha256 "{{linux_arm64}}"
    end
    on_intel do
      url "https://github.com/wasplug/wasplug/releases/download/{{tag}}/wasplug_{{version}}_linux_amd64.tar.gz"
      sha256 "{{linux_amd64}}"
    end
  end

  def install
    bin.install "wasplug"
    man1.install Dir["man/*.1.gz"]
    man5.install Dir["man/*.5.gz"]
    bash_completion.install "completions/bash" => "wasplug"
    zsh_completion.install "completions/zsh" => "_wasplug"
    fish_completion.install "completions/fish" => "wasplug.fish"
    pkgshare.install "examples", "INSTALL.md", "THIRD-PARTY.txt"
  end

  test do
    example = pkgshare/"examples/figure-5-12/plugin-cfg.xml"
    assert_match "PluginCluster", shell_output("#{bin}/wasplug why -c #{example} http://www.example.com/snoop")
  end
end
