# Reads the messages whose paths stand on standard input with Email::MIME; a line of JSON each.
use strict; use warnings;
use Email::MIME; use Encode qw(decode); use JSON::PP;

my $json = JSON::PP->new->utf8->canonical;
sub files {
    my ($part) = @_;
    my @found;
    for my $one ($part->subparts) {
        my $placed = $one->header("Content-Disposition") // "";
        push @found, $one->filename if $placed =~ /^attachment/;
        push @found, files($one);
    }
    return @found;
}
while (my $path = <STDIN>) {
    chomp $path;
    open my $file, "<:raw", $path or die $path;
    my $message = Email::MIME->new(do { local $/; <$file> });
    my ($name, $address) = $message->header_str("From") =~ /^(.*?)\s*<([^<>]+)>$/s;
    $name =~ s/^"(.*)"$/$1/s and $name =~ s/\\(.)/$1/g;
    my @names = map { lc } grep { /\D/ } $message->header_names;
    my %found = (
        sender_name => $name, sender => $address, subject => $message->header_str("Subject"),
        fields => \@names, files => [map { decode("MIME-Header", $_) } files($message)],
        map { lc $_ => [map { split /,\s*/ } $message->header_str($_)] } qw(To Cc Bcc),
    );
    print $json->encode(\%found), "\n";
}
